"""指标与看板: definitions and results of measures, the wallboard."""
