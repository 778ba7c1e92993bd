"""What the Makefile runs: installing into the checkout, finding a browser, checking for holes."""
