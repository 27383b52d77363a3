"""Redis or Valkey: values, compared and set. No rule lives here; the scripts only store or refuse."""
