"""The cleaner inside the tools that people already run. Each module needs its tool; nothing else imports them."""
