"""What pages read: one module per noun, plain rows."""
