# Reads a page with Python's HTML parser and prints what is in it as JSON: elements and their attributes, the text of the
# body, and elements that were not closed in order.
import json
import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "hr", "input", "base", "rect", "line"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.faults, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append([tag, dict(attrs)])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append([tag, dict(attrs)])

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
print(json.dumps({"elements": page.elements, "faults": page.faults + page.open, "text": "".join(page.text)}))
