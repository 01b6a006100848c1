"""Which formatting an editor may use where. Second-level headings belong to sections, so text starts at the third."""

TEXT = ["bold", "italic", "ol", "ul", "link", "document-link"]
SECTION = ["h3", "h4", *TEXT]
