#!/usr/bin/env python3
"""Make the background artworks of the license templates: guilloche frames, drawn by formulas.

    python3 make_art.py [--out DIR] [--full]           Python 3.8+, standard library only, always the same bytes

What it writes is plain on purpose, so that a small converter can turn it into PDF or OFD paths:
  * one viewBox unit is one millimetre, origin top left;
  * <g> with fill / stroke / stroke-width and an id, and <path> with absolute M L C Z only;
  * no text, no images, no gradients, filters, clips, masks, transforms or CSS.
Groups: paper, field (fine background lines), watermark, frame, corners, ornament.
The ornament is a neutral rosette where a real license has the national emblem: it can be left out.
All shapes are original; none is taken from a real license, and none imitates the emblem, a seal or a bank note.
"""
import argparse
import math
import os

TAU = 2 * math.pi
LIGHT = True                                        # half the curves, for high-volume issuing; --full draws them all


def many(n):
    """Members of a family of curves."""
    return max(2, n // 2) if LIGHT else n


def num(v):
    s = "%.2f" % v
    s = s.rstrip("0").rstrip(".")
    return "0" if s in ("-0", "") else s


def curve(f, a, b, n, closed=False):
    """Cubic Bezier path through f(t), a <= t <= b, n pieces (Hermite fit, derivative by differences)."""
    h = (b - a) / n
    e = h * 1e-3
    out = []
    pts = [(f(a + i * h), f(a + i * h - e), f(a + i * h + e)) for i in range(n + 1)]
    d = [((p2[0] - p1[0]) / (2 * e) * h / 3, (p2[1] - p1[1]) / (2 * e) * h / 3) for _, p1, p2 in pts]
    x, y = pts[0][0]
    out.append("M%s %s" % (num(x), num(y)))
    for i in range(n):
        p, q = pts[i][0], pts[i + 1][0]
        out.append("C%s %s %s %s %s %s" % (num(p[0] + d[i][0]), num(p[1] + d[i][1]), num(q[0] - d[i + 1][0]), num(q[1] - d[i + 1][1]), num(q[0]), num(q[1])))
    if closed:
        out.append("Z")
    return "".join(out)


def poly(points, closed=False):
    return "M" + "L".join("%s %s" % (num(x), num(y)) for x, y in points) + ("Z" if closed else "")


def rect(x, y, w, h):
    return poly([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], True)


class Track:
    """A rounded rectangle walked by arc length: point and inward normal."""

    def __init__(self, x, y, w, h, r):
        self.c = (x, y, w, h, r)
        self.parts = []
        s = 0.0
        for kind, ln in (("t", w - 2 * r), ("tr", math.pi * r / 2), ("r", h - 2 * r), ("br", math.pi * r / 2), ("b", w - 2 * r), ("bl", math.pi * r / 2), ("l", h - 2 * r), ("tl", math.pi * r / 2)):
            self.parts.append((kind, s, ln))
            s += ln
        self.length = s

    def at(self, s):
        x, y, w, h, r = self.c
        s %= self.length
        for kind, s0, ln in self.parts:
            if s <= s0 + ln + 1e-9:
                break
        u = s - s0
        if kind == "t":
            return (x + r + u, y), (0, 1)
        if kind == "r":
            return (x + w, y + r + u), (-1, 0)
        if kind == "b":
            return (x + w - r - u, y + h), (0, -1)
        if kind == "l":
            return (x, y + h - r - u), (1, 0)
        a = u / r if r else 0
        cx, cy, a0 = {"tr": (x + w - r, y + r, -math.pi / 2), "br": (x + w - r, y + h - r, 0), "bl": (x + r, y + h - r, math.pi / 2), "tl": (x + r, y + r, math.pi)}[kind]
        ca, sa = math.cos(a0 + a), math.sin(a0 + a)
        return (cx + r * ca, cy + r * sa), (-ca, -sa)

    def wave(self, amp, periods, phase, per=6, amp2=0.0, ratio=1):
        """A closed sine around the frame; amp2 swells the amplitude ratio times as slowly."""
        def f(t):
            (px, py), (nx, ny) = self.at(t * self.length)
            a = amp * (1 + amp2 * math.cos(TAU * periods / ratio * t))
            o = a * math.sin(TAU * periods * t + phase)
            return px + nx * o, py + ny * o
        return curve(f, 0.0, 1.0, periods * per, True)


def rosette(cx, cy, r, dr, lobes, phase, n=None, twist=0.0):
    def f(t):
        a = TAU * t
        rr = r + dr * math.cos(lobes * a + phase)
        return cx + rr * math.cos(a + twist), cy + rr * math.sin(a + twist)
    return curve(f, 0, 1, n or max(24, lobes * 6), True)


def circle(cx, cy, r):
    return rosette(cx, cy, r, 0, 1, 0, 12)


def spiral(cx, cy, r0, r1, turns, a0, sense):
    def f(t):
        a = a0 + sense * turns * TAU * t
        r = r0 + (r1 - r0) * t
        return cx + r * math.cos(a), cy + r * math.sin(a)
    return curve(f, 0, 1, int(turns * 10))


def petal(cx, cy, a, r0, r1, half):
    """A drop-shaped petal that points outwards: closed outline between the radii r0 and r1."""
    def f(t):
        along = (1 - math.cos(TAU * t)) / 2
        off = half * math.sin(TAU * t) * (0.45 + 0.9 * along)
        rr = r0 + (r1 - r0) * along
        ca, sa = math.cos(a), math.sin(a)
        return cx + rr * ca - off * sa, cy + rr * sa + off * ca
    return curve(f, 0, 1, 10, True)


class Art:
    def __init__(self, w, h, title):
        self.w, self.h, self.title, self.groups = w, h, title, []

    def group(self, gid, paths, stroke=None, width=0.1, fill=None):
        at = 'fill="%s"' % (fill or "none")
        if stroke:
            at += ' stroke="%s" stroke-width="%s" stroke-linejoin="round" stroke-linecap="round"' % (stroke, num(width))
        self.groups.append((gid, at, paths))

    def quiet(self):
        """Paper, frame and corners alone: for pages full of text."""
        self.groups = [g for g in self.groups if g[0] == "paper" or g[0].startswith(("frame", "corners")) and g[0] != "frame-fine"]
        return self

    def svg(self):
        out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %s %s">' % (num(self.w), num(self.h), num(self.w), num(self.h)), "<title>%s</title>" % self.title]
        for gid, at, paths in self.groups:
            out.append('<g id="%s" %s>' % (gid, at))
            out += ['<path d="%s"/>' % p for p in paths]
            out.append("</g>")
        out.append("</svg>")
        return "\n".join(out) + "\n"


GOLD = dict(title="guilloche-gold", paper="#FFFDF5", field="#F3E2B4", watermark="#EFD9A0", band="#C79A3A", fine="#B5822A", lines="#8E5A17", hair="#B5121B",
            disc="#FFF8E1", ring="#C08A2C", petals="#D9A441", sun="#FBE9B7", flower="#C4202B", flower_line="#8E0F16", core="#F2C14E")
AZURE = dict(title="guilloche-azure", paper="#FAFDFF", field="#D5E6F3", watermark="#C9DFEF", band="#5E97BF", fine="#3F7FAE", lines="#1C4F7A", hair="#B98A2F",
             disc="#EEF6FC", ring="#3F7FAE", petals="#8FBBD9", sun="#E4F0F8", flower="#2E6F9E", flower_line="#1C4F7A", core="#F2D27A")


def woven(w, h, p):
    """Landscape: woven band, rosette corners, wavy field, in the colours of a palette."""
    a = Art(w, h, p["title"])
    k = w / 297.0                                   # scale of margins
    a.group("paper", [rect(0, 0, w, h)], fill=p["paper"])
    m = 9 * k
    x0, y0, x1, y1 = m + 6.5 * k, m + 6.5 * k, w - m - 6.5 * k, h - m - 6.5 * k
    lines = []
    step = (5.2 if LIGHT else 2.6) * k
    n = int((y1 - y0 - 4 * k) / step)
    for i in range(n + 1):
        base = y0 + 2 * k + i * (y1 - y0 - 4 * k) / n
        ph = i * 0.42

        def f(t, base=base, ph=ph):
            x = x0 + 2 * k + (x1 - x0 - 4 * k) * t
            u = (x - w / 2) / (w / 2)
            return x, base + 1.05 * k * math.sin(TAU * 9 * t + ph) * (0.35 + 0.65 * math.cos(u * math.pi / 2) ** 2)
        lines.append(curve(f, 0, 1, 40))
    a.group("field", lines, p["field"], 0.11 * k)
    cx, cy = w / 2, h / 2 + 6 * k
    wm = [rosette(cx, cy, 41 * k, 12 * k, 12, TAU * j / many(8), 72) for j in range(many(8))]
    wm += [rosette(cx, cy, 22 * k, 5.5 * k, 9, TAU * j / many(6), 54) for j in range(many(6))]
    a.group("watermark", wm, p["watermark"], 0.12 * k)
    t = Track(m, m, w - 2 * m, h - 2 * m, 8 * k)
    per = int(round(t.length / (11 * k) / 4)) * 4
    band = [t.wave(3.1 * k, per, TAU * j / many(8), 4) for j in range(many(8))]
    a.group("frame-band", band, p["band"], 0.13 * k)
    fine = [t.wave(2.0 * k, per * 2, TAU * j / many(4), 4) for j in range(many(2))]
    a.group("frame-fine", fine, p["fine"], 0.12 * k)
    a.group("frame-lines", [t_rect(m - 4.2 * k, w, h, 4 * k), t_rect(m + 4.4 * k, w, h, 5 * k)], p["lines"], 0.55 * k)
    a.group("frame-hair", [t_rect(m - 5.3 * k, w, h, 4.4 * k), t_rect(m + 5.5 * k, w, h, 4.6 * k)], p["hair"], 0.18 * k)
    disc, ring, core = [], [], []
    for qx in (m + 1.5 * k, w - m - 1.5 * k):
        for qy in (m + 1.5 * k, h - m - 1.5 * k):
            disc.append(circle(qx, qy, 8.6 * k))
            ring += [rosette(qx, qy, 5.7 * k, 2.3 * k, 10, TAU * j / many(5), 60) for j in range(many(5))]
            core += [petal(qx, qy, TAU * j / 8, 0.7 * k, 3.2 * k, 0.62 * k) for j in range(8)]
    a.group("corners-disc", disc, p["lines"], 0.35 * k, p["disc"])
    a.group("corners", ring, p["ring"], 0.13 * k)
    a.group("corners-petals", core, p["lines"], 0.1 * k, p["petals"])
    ox, oy, s = w / 2, m + 19 * k, k
    a.group("ornament-rays", [rosette(ox, oy, 8.2 * s, 1.5 * s, 16, TAU * j / many(4), 96) for j in range(many(4))], p["ring"], 0.14 * s)
    a.group("ornament-disc", [circle(ox, oy, 6.6 * s)], p["lines"], 0.3 * s, p["sun"])
    a.group("ornament-petals", [petal(ox, oy, TAU * (j + 0.5) / 8, 1.4 * s, 6.1 * s, 1.25 * s) for j in range(8)], p["flower_line"], 0.12 * s, p["flower"])
    a.group("ornament-core", [circle(ox, oy, 1.5 * s)], p["lines"], 0.15 * s, p["core"])
    return a


def t_rect(m, w, h, r):
    t = Track(m, m, w - 2 * m, h - 2 * m, r)
    out = []
    x, y, ww, hh, r = t.c
    c = r * 0.5523
    out.append("M%s %s" % (num(x + r), num(y)))
    for (lx, ly), (c1x, c1y), (c2x, c2y), (ex, ey) in (
            ((x + ww - r, y), (x + ww - r + c, y), (x + ww, y + r - c), (x + ww, y + r)),
            ((x + ww, y + hh - r), (x + ww, y + hh - r + c), (x + ww - r + c, y + hh), (x + ww - r, y + hh)),
            ((x + r, y + hh), (x + r - c, y + hh), (x, y + hh - r + c), (x, y + hh - r)),
            ((x, y + r), (x, y + r - c), (x + r - c, y), (x + r, y))):
        out.append("L%s %sC%s %s %s %s %s %s" % tuple(num(v) for v in (lx, ly, c1x, c1y, c2x, c2y, ex, ey)))
    return "".join(out) + "Z"


def teal(w, h):
    """Three-strand teal lattice, ring field like water."""
    a = Art(w, h, "guilloche-teal")
    a.group("paper", [rect(0, 0, w, h)], fill="#FAFEFC")
    m = 11.0
    x0, y0, x1, y1 = m + 7.5, m + 7.5, w - m - 7.5, h - m - 7.5
    lines = []
    n = 22 if LIGHT else 44
    for i in range(n + 1):
        base = x0 + 1.5 + i * (x1 - x0 - 3) / n

        def f(t, base=base, i=i):
            y = y0 + 1 + (y1 - y0 - 2) * t
            return base + 1.25 * math.sin(TAU * 7 * t + i * 0.55) * math.sin(math.pi * t) ** 2, y
        lines.append(curve(f, 0, 1, 36))
    a.group("field", lines, "#D3ECE3", 0.11)
    cx, cy = w / 2, h * 0.56
    wm = [rosette(cx, cy, 30 + 9 * math.cos(TAU * j / many(14)), 10, 7, TAU * j / many(14), 63) for j in range(many(14))]
    a.group("watermark", wm, "#D2EBE2", 0.13)
    t = Track(m, m, w - 2 * m, h - 2 * m, 9)
    per = int(round(t.length / 13 / 4)) * 4
    a.group("frame-band", [t.wave(3.6, per, TAU * j / many(6), 4, 0.28, 4) for j in range(many(6))], "#4E9C86", 0.13)
    a.group("frame-fine", [t.wave(1.4, per * 2, TAU * j / many(3), 4) for j in range(many(3))], "#2F7A67", 0.12)
    a.group("frame-lines", [t_rect(m - 5.0, w, h, 5), t_rect(m + 5.4, w, h, 5)], "#1F5F50", 0.6)
    a.group("frame-hair", [t_rect(m - 6.1, w, h, 5.4), t_rect(m + 6.5, w, h, 4.6)], "#2F7A67", 0.18)
    disc, cor, pet = [], [], []
    for qx, sx in ((m + 1.2, 1), (w - m - 1.2, -1)):
        for qy, sy in ((m + 1.2, 1), (h - m - 1.2, -1)):
            disc.append(circle(qx, qy, 8.2))
            cor += [rosette(qx, qy, 5.2, 2.5, 6, TAU * j / many(6) + (0 if sx * sy > 0 else 0.5), 48) for j in range(many(6))]
            pet += [petal(qx, qy, TAU * j / 6, 0.6, 3.1, 0.85) for j in range(6)]
    a.group("corners-disc", disc, "#1F5F50", 0.35, "#EAF7F1")
    a.group("corners", cor, "#2F7A67", 0.13)
    a.group("corners-petals", pet, "#1F5F50", 0.1, "#6DB8A0")
    ox, oy = w / 2, m + 20
    a.group("ornament-rays", [rosette(ox, oy, 7.6, 1.6, 12, TAU * j / many(4), 72) for j in range(many(4))], "#2F7A67", 0.14)
    a.group("ornament-disc", [circle(ox, oy, 6)], "#1F5F50", 0.3, "#E2F3EC")
    a.group("ornament-petals", [petal(ox, oy, TAU * j / 6, 1.2, 5.6, 1.6) for j in range(6)], "#1F5F50", 0.12, "#4E9C86")
    a.group("ornament-core", [circle(ox, oy, 1.3)], "#1F5F50", 0.15, "#F2D27A")
    return a


def fret_tile(u, v, s, flip):
    """One key of the meander (回纹), s long and s high, as points in track coordinates."""
    q = s / 6.0
    path = [(0, 6), (0, 0), (5, 0), (5, 4), (2, 4), (2, 2), (3, 2)]
    return [((u + (6 - 1 - x if flip else x) * q), v + y * q) for x, y in path]


def fret_side(length, s):
    n = max(1, int(round(length / s)))
    return n, length / n


def crimson(w, h):
    """Landscape: meander frame, spiral cloud corners, coin-lattice field."""
    a = Art(w, h, "fret-crimson")
    a.group("paper", [rect(0, 0, w, h)], fill="#FFFCFA")
    m = 10.0
    x0, y0, x1, y1 = m + 11, m + 11, w - m - 11, h - m - 11
    n = int((x1 - x0) / 13)
    d = (x1 - x0) / n
    rows = int((y1 - y0) / (d / 2))
    lat = []
    for j in range(rows + 1):                        # interlocked circles (古钱纹) drawn as long sine chains
        y = y0 + j * (y1 - y0) / rows
        for sgn in (1, -1):
            def f(t, y=y, sgn=sgn, j=j):
                x = x0 + (x1 - x0) * t
                return x, min(max(y + sgn * d / 4 * math.sin(TAU * n / 2 * t + (math.pi / 2 if j % 2 else 0)), y0), y1)
            lat.append(curve(f, 0, 1, n * 2))
    a.group("field", lat, "#F6DEDA", 0.11)
    cx, cy = w / 2, h / 2 + 6
    a.group("watermark", [rosette(cx, cy, 36, 12, 9, TAU * j / many(9), 72) for j in range(many(9))] + [circle(cx, cy, r) for r in (20, 21.2, 50, 51.2)], "#F1CFC8", 0.14)
    s, hgt = 7.5, 6.0
    keys = []
    top = m + 1.0
    for side in range(4):
        length = (w if side % 2 == 0 else h) - 2 * (m + 12.5)
        cnt, q = fret_side(length, s)
        for i in range(cnt):
            flip = i >= cnt / 2
            pts = fret_tile(0, 0, hgt, flip)
            pts = [(m + 12.5 + i * q + (q - hgt * 5 / 6) / 2 + u, top + v) for u, v in pts]
            if side == 1:
                pts = [(w - v, u) for u, v in pts]
            elif side == 2:
                pts = [(w - u, h - v) for u, v in pts]
            elif side == 3:
                pts = [(v, h - u) for u, v in pts]
            keys.append(poly(pts))
    a.group("frame-keys", keys, "#A61C28", 0.62)
    a.group("frame-lines", [rect(m - 1.2, m - 1.2, w - 2 * m + 2.4, h - 2 * m + 2.4), rect(m + 9.2, m + 9.2, w - 2 * m - 18.4, h - 2 * m - 18.4)], "#A61C28", 0.7)
    a.group("frame-hair", [rect(m - 2.6, m - 2.6, w - 2 * m + 5.2, h - 2 * m + 5.2), rect(m + 10.4, m + 10.4, w - 2 * m - 20.8, h - 2 * m - 20.8)], "#C9973B", 0.28)
    box, cloud, dot = [], [], []
    for sx, bx in ((1, 0.0), (-1, w)):
        for sy, by in ((1, 0.0), (-1, h)):
            def put(x, y):
                return bx + sx * x, by + sy * y
            c0 = m + 4.0
            p0 = put(m - 1.2, m - 1.2)
            p1 = put(m + 11.0, m + 11.0)
            box.append(poly([p0, (p1[0], p0[1]), p1, (p0[0], p1[1])], True))
            for dx, dy, a0, turn in ((3.6, 0.6, math.pi, 1), (0.6, 3.6, math.pi / 2, -1), (3.9, 3.9, math.pi * 1.25, 1)):
                px, py = put(c0 - 1.6 + dx, c0 - 1.6 + dy)
                sense = turn * sx * sy
                ang = math.atan2(sy * math.sin(a0), sx * math.cos(a0))
                cloud.append(spiral(px, py, 0.25, 2.1, 1.6, ang, sense))
            dot.append(circle(*put(m + 8.6, m + 8.6), 0.55))
    a.group("corners-box", box, "#A61C28", 0.7, "#FFF6EE")
    a.group("corners", cloud, "#C9973B", 0.45)
    a.group("corners-dots", dot, fill="#A61C28")
    ox, oy = w / 2, m + 24
    a.group("ornament-rays", [rosette(ox, oy, 7.8, 1.3, 20, TAU * j / many(4), 100) for j in range(many(3))], "#C9973B", 0.14)
    a.group("ornament-disc", [circle(ox, oy, 6.2)], "#A61C28", 0.35, "#FFF1DC")
    a.group("ornament-petals", [petal(ox, oy, TAU * (j + 0.25) / 5, 1.2, 5.7, 1.9) for j in range(5)], "#7E131C", 0.12, "#B92733")
    a.group("ornament-core", [circle(ox, oy, 1.35)], "#A61C28", 0.15, "#E9B949")
    return a


def main():
    global LIGHT
    p = argparse.ArgumentParser()
    p.add_argument("--out", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))), help="the templates folder")
    p.add_argument("--full", action="store_true", help="draw all the curves: twice the size")
    args = p.parse_args()
    LIGHT = not args.full
    for name, art in (("business-license/background.svg", woven(297, 210, GOLD)), ("business-license/background-main.svg", woven(420, 297, GOLD)),
                      ("food-operation-permit/background.svg", woven(297, 210, AZURE)), ("supervision-qualification/background.svg", crimson(297, 210)),
                      ("realestate-registration/background.svg", teal(297, 210)),
                      ("business-license/continuation.svg", woven(210, 297, GOLD).quiet()), ("food-operation-permit/continuation.svg", woven(210, 297, AZURE).quiet()),
                      ("supervision-qualification/continuation.svg", crimson(210, 297).quiet()), ("realestate-registration/continuation.svg", teal(210, 297).quiet())):
        text = art.svg()
        path = os.path.join(args.out, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n") as f:
            f.write(text)
        print("%s %d bytes, %d paths" % (name, len(text), text.count("<path")))


if __name__ == "__main__":
    main()
