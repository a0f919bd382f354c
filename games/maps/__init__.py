"""Map navigation: visit every room, the same while drawing the map, or find one room."""
