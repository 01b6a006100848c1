"""The room "Cluster bridges" in the admin: proposals, the list, and one bridge."""
