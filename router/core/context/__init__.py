"""What a message shows beside the alerts themselves: how a value moved, what else fires, how it usually goes."""
