"""Reads pages as a strict parser does, and compares what tags they are made of.

check.py page FILE             every rule of a page; prints what is broken
check.py same FILE FILE...     good pages, made of the same tags as the first: only their text differs
check.py unfolded FILE         how many rows and items a reader passes who opens no fold
check.py row FILE ARCH CALL     where the filter of the page leads the call, and why: "INSTRUCTION: REASONS"
check.py calls FILE ARCH...    every call that the listing of the arch names is in its table, once, and no other
check.py contrast report.css   every colour of text against every ground it stands on, light and dark
"""
import html
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "path", "circle"}
BLOCK_IN_P = {"p", "div", "ul", "table", "section", "h1", "h2", "h3", "details", "pre"}
PARTS = ["changed", "can", "holds", "detail", "tests", "origin"]


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.stack, self.tags, self.errors, self.ids, self.hrefs = [], [], [], [], []
        self.headings, self.text = [], []

    def fail(self, what):
        self.errors.append("line %d: %s" % (self.getpos()[0], what))

    def handle_starttag(self, tag, attrs):
        names = [a for a, _ in attrs]
        self.tags.append((tag, tuple(sorted(a for a in names))))
        if len(set(names)) != len(names):
            self.fail("an attribute twice on <%s>" % tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.hrefs.append(value)
            if name.startswith("on") or name in ("src", "srcset", "action", "style"):
                self.fail("attribute %s" % name)
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form", "img", "a") and not (
                tag == "a" and dict(attrs).get("href", "").startswith("#")):
            self.fail("<%s>" % tag)
        if tag in BLOCK_IN_P and "p" in self.stack:
            self.fail("<%s> inside of <p>" % tag)
        parent = self.stack[-1] if self.stack else ""
        for inner, outer in (("td", "tr"), ("th", "tr"), ("tr", ("thead", "tbody")), ("li", "ul"), ("caption", "table")):
            if tag == inner and parent not in ([outer] if isinstance(outer, str) else outer):
                self.fail("<%s> inside of <%s>" % (tag, parent))
        if tag == "th" and dict(attrs).get("scope") not in ("col", "row"):
            self.fail("a head of a table without scope")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.stack or self.stack[-1] != tag:
            self.fail("</%s> where <%s> is open" % (tag, self.stack[-1] if self.stack else "nothing"))
        else:
            self.stack.pop()

    def handle_comment(self, data):
        self.fail("a comment")

    def handle_decl(self, decl):
        if decl != "DOCTYPE html":
            self.fail("declaration %s" % decl)

    def handle_pi(self, data):
        self.fail("a processing instruction")

    def unknown_decl(self, data):
        self.fail("a section of CDATA")

    def handle_data(self, data):
        self.text.append(data)


def read(path):
    raw = open(path, "rb").read()
    page = Page()
    page.feed(raw.decode("utf-8"))
    page.close()
    if page.stack:
        page.errors.append("never closed: %s" % page.stack)
    for n, char in enumerate(raw.decode("utf-8")):
        if (ord(char) < 32 and char not in "\n\t") or 0x7f <= ord(char) < 0xa0 or 0x202a <= ord(char) <= 0x202e or \
                0x2066 <= ord(char) <= 0x2069:
            page.errors.append("a control character at byte %d" % n)
            break
    return page, raw


def check_page(path):
    page, raw = read(path)
    if not raw.startswith(b"<!DOCTYPE html>\n<html lang="):
        page.errors.append("the first line")
    if len(set(page.ids)) != len(page.ids):
        page.errors.append("an id twice")
    for href in page.hrefs:
        if href[1:] not in page.ids:
            page.errors.append("%s leads nowhere" % href)
    order = [i for i in page.ids if i in PARTS]
    if order != [p for p in PARTS if p in order] or not set(PARTS[1:]) <= set(order):
        page.errors.append("the parts are not in their order: %s" % order)
    if page.headings[:1] != [1] or page.headings.count(1) != 1:
        page.errors.append("not one heading of the first level")
    for a, b in zip(page.headings, page.headings[1:]):
        if b > a + 1:
            page.errors.append("a heading skips a level")
    if re.search(rb"(https?:)?//[a-z]", re.sub(rb"<(pre|code|td|li|p|span|h1|h3|title)[^>]*>.*?</\1>", b"", raw, flags=re.S)):
        page.errors.append("an address outside of the text")
    return page.errors


class Unfolded(HTMLParser):
    """Counts <tr> and <li> outside of a <details> that is not open."""
    def __init__(self):
        super().__init__()
        self.folds, self.rows = [], 0

    def handle_starttag(self, tag, attrs):
        if tag == "details":
            self.folds.append("open" not in dict(attrs))
        elif tag in ("tr", "li") and not any(self.folds):
            self.rows += 1

    def handle_endtag(self, tag):
        if tag == "details":
            self.folds.pop()


def count_unfolded(path):
    page = Unfolded()
    page.feed(open(path, encoding="utf-8").read())
    return ["%d" % page.rows]


def filter_table(path, arch):
    """{call: [(instruction, reason)]} and the text of the listing."""
    raw = open(path, encoding="utf-8").read()
    part = raw[raw.index("The filter of system calls on %s:" % arch):]
    part = part[:part.index("</details>")]
    table, listing = part.split("</table>")
    plain = lambda markup: html.unescape(re.sub(r"<[^>]*>", "", markup))
    calls = {}
    for row in table.split("<tr>")[2:]:
        leads = plain(row[row.index('data-head="Leads to"'):].split("</td>")[0].split(">", 1)[1])
        for item in re.findall(r"<li><code>(.*?)</code>: (.*?)</li>", row):
            for call in item[0].split(", "):
                calls.setdefault(call, []).append((leads.split(" ", 1)[1], plain(item[1])))
    return calls, plain(listing)


def print_row(path, arch, call):
    found = filter_table(path, arch)[0].get(call, [])
    return ["%s: %s" % (found[0][0], "; ".join(reason for _, reason in found))] if found else ["no row"]


def check_calls(path, *arches):
    errors = []
    for arch in arches:
        calls, listing = filter_table(path, arch)
        head = listing.split("instructions:")[0]
        named = set(re.findall(r"^  ([a-z0-9_]+) \d+  \[", head, re.M))
        for block in re.findall(r"every other call[^\n]*\n((?:  .*\n)+)", head):
            named |= set(block.split())
        errors += ["%s: %s is not in the table" % (arch, c) for c in sorted(named - set(calls))]
        errors += ["%s: %s is in the table only" % (arch, c) for c in sorted(set(calls) - named)]
        errors += ["%s: %s leads to several places" % (arch, c) for c, v in calls.items() if len({at for at, _ in v}) != 1]
        if len(named) < 300:
            errors.append("%s: only %d calls" % (arch, len(named)))
    return errors


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def check_contrast(path):
    errors = []
    css = open(path).read()
    themes = re.findall(r":root\s*\{(.*?)\}", css, flags=re.S)
    if len(themes) != 3:
        errors.append("not three themes: light, dark, print")
    for theme in themes:
        colour = dict(re.findall(r"--(\w+):\s*(#[0-9a-f]{3,6})", theme))
        colour = {k: v if len(v) == 7 else "#" + "".join(c * 2 for c in v[1:]) for k, v in colour.items()}
        for text in ("text", "soft", "good", "warn", "bad", "link"):
            for ground in ("ground", "raised", "wide"):
                ratio = contrast(colour[text], colour[ground])
                if ratio < 4.5:
                    errors.append("%s on %s: %.2f" % (colour[text], colour[ground], ratio))
    return errors


def main():
    what, files = sys.argv[1], sys.argv[2:]
    if what == "page":
        errors = check_page(files[0])
    elif what == "contrast":
        errors = check_contrast(files[0])
    elif what == "unfolded":
        errors = count_unfolded(files[0])
    elif what == "row":
        errors = print_row(*files)
    elif what == "calls":
        errors = check_calls(*files)
    else:
        like, errors = read(files[0])[0], []
        for name in files[1:]:
            page = read(name)[0]
            errors += ["%s: %s" % (name, e) for e in check_page(name)]
            if page.tags != like.tags:
                at = next((i for i, (x, y) in enumerate(zip(like.tags, page.tags)) if x != y), -1)
                errors.append("%s: other tags, from number %d on: %s" % (name, at, page.tags[at:at + 3]))
    for e in errors[:10]:
        print(e)


main()
