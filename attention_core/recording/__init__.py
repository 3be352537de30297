"""What a user holds of a recorded model: `record_attention` and the record that it fills."""
