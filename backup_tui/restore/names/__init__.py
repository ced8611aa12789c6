"""Lists of names as people have them, and the units that they represent."""
