"""What the related pages are worth: links that editors made, or pairs that people judged, beside simpler methods."""
