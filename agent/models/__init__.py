"""The language-model seam and its backends: llama.cpp, transformers, remote servers."""
