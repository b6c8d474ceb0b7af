"""When and how things happen: clock, jobs, crawl children, workers, indexer, senders."""
