"""What is known of a page's lines from its markup: columns, the meaning of class names."""
