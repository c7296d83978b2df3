"""Run over scraped dumps: any format in, clean text out, and nothing lost when a run is killed.

Its libraries come with ``pip install 'article-cleaner[dumps]'``.
"""
