"""Reviews: what customers say of products in public. All stars by one path; what is not shown is counted in public."""
