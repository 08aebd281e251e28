"""floor_view.py PLAN - the tree of a plan as C data for floor_view.c: what its path lines give and where it lies on this host.
With --bwrap, the same as words for bwrap, one a line."""
import os, stat, sys

plan = sys.argv[1]
folders, links, binds = [], [], {}
for line in open(plan + "/landlock.conf"):
    w = line.rstrip("\n").split(" ", 5)
    if w[0] != "path" or not os.path.exists(w[5]):
        continue
    path, rights = w[5], w[3].split(",")
    real, up = os.path.realpath(path), os.path.dirname(path)
    if os.path.islink(path) and (os.readlink(path), path[1:]) not in links:
        links.append((os.readlink(path), path[1:]))
    if os.path.realpath(up) != up:
        sys.exit(f"{path}: a link on the way to it; use another policy for this bench")
    binds[real] = "write_file" in rights or binds.get(real, False)
inner = [p for p in binds if any(p.startswith(o.rstrip("/") + "/") for o in binds)]
binds = {p: w for p, w in sorted(binds.items()) if p not in inner}
for p in list(binds) + ["/" + l for _, l in links]:
    parts = p[1:].split("/")
    here = parts if p in binds and os.path.isdir(p) else parts[:-1]
    for n in range(1, len(here) + 1):
        folder = "/".join(here[:n])
        if folder not in folders:
            folders.append(folder)
if "--bwrap" in sys.argv:
    for p, writable in binds.items():
        print("--dev-bind" if stat.S_ISCHR(os.stat(p).st_mode) else "--bind" if writable else "--ro-bind", p, p, sep="\n")
    for to, at in links:
        print("--symlink", to, "/" + at, sep="\n")
    sys.exit()
q = lambda s: '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'
print("static const char *const folders[] = {" + ", ".join(map(q, folders)) + "};")
print("static const char *const links[][2] = {" + ", ".join(f"{{{q(a)}, {q(b)}}}" for a, b in links or [("", "")]) + "};")
print("static const struct floor_bind binds[] = {")
for p, writable in binds.items():
    device = stat.S_ISCHR(os.stat(p).st_mode)
    print(f"\t{{{q(p)}, {q(p[1:])}, {int(os.path.isdir(p))}, {int(writable)}, {int(device)}}},")
print("};")
