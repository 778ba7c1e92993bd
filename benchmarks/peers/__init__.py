"""What others build the same work with, measured beside ours: `make bench PEERS=1`."""
