"""Pictures of samples, codes and filters side by side."""
