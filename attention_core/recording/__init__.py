"""Recording: `record_attention` and the record that it fills."""
