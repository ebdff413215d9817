"""The room, the map and the sphere in one window that moves; its pictures and movies."""
