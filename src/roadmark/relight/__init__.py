"""The same view under other light and weather, from a picture and its ground-truth buffers."""
