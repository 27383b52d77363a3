"""What contributors run: generators of pages, snapshots and pictures, and the checks of the house. Not shipped."""
