"""Building, describing and opening a challenge submission: a folder that anybody can check and run offline."""
