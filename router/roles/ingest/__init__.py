"""From records to stored alert groups: parse, route, fold."""
