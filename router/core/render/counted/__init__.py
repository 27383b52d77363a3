"""Messages that count many alert groups instead of showing one."""
