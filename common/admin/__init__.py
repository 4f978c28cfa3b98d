"""What every page of the admin stands on. People and stores are above: see orders/admin."""
