"""The viewer: a run's episodes as one self-contained page, or an episode as it is being played."""
