"""What stands beside the alerts of a card: how the value behind them moved, what else fires, how it usually goes."""
