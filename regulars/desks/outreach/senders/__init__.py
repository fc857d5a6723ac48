"""By which ways the shop speaks, who it says it is, and by which rules it holds back."""
