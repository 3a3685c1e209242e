"""What pages, the command line and commands read: one module for each noun, functions on a connection, plain rows out."""
