"""A contact and lead CRM for schools, course sellers and small shops."""
