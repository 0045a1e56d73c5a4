"""LoRA files: read in every layout people have, worn beside the weights, taken off again."""
