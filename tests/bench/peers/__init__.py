"""The search beside what people would otherwise take: same passages, same vectors, same questions, one run."""
