"""A Document becomes a Finding: segmentation, mentions, sentiment, topics, masking, stories, keywords."""
