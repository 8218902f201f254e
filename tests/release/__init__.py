"""What users hold in their hands: the public interface, and packages that install."""
