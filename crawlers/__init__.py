"""A page on the web or a record in a file becomes a Document. A Scrapy project."""
