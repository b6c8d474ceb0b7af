"""A Document becomes a Finding: segmentation, mentions, sentiment, topics, masking, stories, keywords."""

import os

# Our matrices are small: a second BLAS thread costs a core and saves nothing. Read when numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
