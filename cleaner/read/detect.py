"""Which encoding are bytes in that do not say? Statistics, and for UTF-16 its shape."""

from __future__ import annotations

import re

from cleaner.language import detect as language
from cleaner.read.labels import MULTIBYTE, whatwg_name

#: Detection sees this many bytes of the lines that are not ASCII: more tells it nothing new.
SAMPLE = 50_000
#: What detection chooses among: the encodings of the WHATWG standard and the old DOS ones. Left to itself
#: charset-normalizer finds Johab and EBCDIC in Danish.
_CANDIDATES = [
    *(f"cp{n}" for n in (874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258, 437, 850, 852, 866, 932, 949)),
    *(f"iso8859_{n}" for n in (2, 4, 5, 6, 7, 8, 13, 15)),
    *("koi8_r", "koi8_u", "mac_roman", "mac_cyrillic", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp"),
]
#: Among Latin encodings that read the bytes about as well the commonest: charset-normalizer's "chaos" within this.
CLOSE = 0.02
_LATIN = frozenset(f"cp{n}" for n in (1250, 1254, 1257, 1258, 437, 850, 852)) | {"mac_roman", "iso8859_15"}
#: Encodings that few pages are in, and in which short texts in Windows-1252 may read as well.
_RARE = frozenset({"mac_roman", "cp437", "cp850", "cp852", "big5hkscs"})
#: What is hardly found in Latin text: a capital behind a small letter or a sign between two, and C1 controls.
_UNLIKELY = re.compile(
    "Ÿ|[a-zß-öø-ÿšžœ][À-ÖØ-ÞŠŽŒ]|[^\\W\\d_][¡-©«-´¶¸¹»-¿×÷ˆ˜†‡•‰‹›€™“”„‚‘ƒ…](?=[^\\W\\d_])|[\x80-\x9f\ufffd]"
)
#: The letters beyond ASCII of languages (Unicode CLDR, main exemplars),
_LETTERS = {
    "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíľĺňóôŕšťúýž", "pl": "ąćęłńóśźż", "hu": "áéíóöőúüű", "hr": "čćđšž",
    "sl": "čšž", "ro": "ăâîșțşţ", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "et": "äõöüšž", "tr": "çğıöşü",
    "de": "äöüß", "fr": "àâæçéèêëîïôœùûüÿ", "es": "áéíñóúü", "pt": "ãáàâçéêíõóôú", "it": "àèéìòù", "fi": "äöå",
    "sv": "åäöé", "da": "æøåé", "nb": "æøåéòô", "nn": "æøåéòô", "nl": "áäéëíïóöúü",
}  # fmt: skip
#: and the encodings in which such a language is looked for, the commonest first.
_LATIN_ORDER = (
    *("cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2", "iso8859_13", "iso8859_4", "iso8859_15"),
    *("cp850", "cp852", "mac_roman", "cp437"),
)
_BEYOND = re.compile("[^\x00-\x7f\xa0\xad“”„‘’‚–—…«»·•€£°©®§]")
_CJK = re.compile("[\u3000-\u9fff\uff00-\uffef]")
_CJK_MARKS = re.compile("[\u3000-\u30ff\uff00-\uffef]")


def wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: half or three quarters of the bytes of spaces and ASCII letters are zero."""
    sample = data[: SAMPLE - SAMPLE % 4]
    if b"\0" not in sample or len(sample) < 4:
        return None
    zeros = [sample[i::4].count(0) / len(sample[i::4]) for i in range(4)]
    if zeros[3] > 0.95 and zeros[2] > 0.95 and zeros[0] < 0.05:
        return "utf-32-le"
    if zeros[0] > 0.95 and zeros[1] > 0.95 and zeros[3] < 0.05:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    for mine, other, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if mine > 0.003 and other * 20 < mine and _plausible(sample, name):
            return name
    return None


def wide_cjk(data: bytes) -> str | None:
    """UTF-16 without a mark or a single space in it: nothing but CJK, its own marks among them."""
    sample = data[: SAMPLE - SAMPLE % 4]
    if len(data) % 2 or len(data) < 16:
        return None
    for name in ("utf-16-le", "utf-16-be"):
        text = sample.decode(name, "replace")
        if len(_CJK.findall(text)) > 0.95 * len(text) and len(_CJK_MARKS.findall(text)) > 0.03 * len(text):
            return name
    return None


def _plausible(sample: bytes, name: str) -> bool:
    """Whether bytes read as UTF-16 give text: next to no control characters, no halves of pairs."""
    ascii_like = len(sample) - len(sample.translate(None, bytes(range(0x20, 0x7F))))
    if sample.count(0) < len(sample) / 10 and ascii_like > 0.6 * len(sample):
        return False
    text = sample.decode(name, "replace")
    odd = len(re.findall("[\0-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]", text))
    return odd * 50 <= len(text) + 50


def detect(data: bytes) -> str | None:
    """What charset-normalizer makes of the lines that are not ASCII."""
    from charset_normalizer import from_bytes

    lines = []
    size = 0
    for line in data[: 100 * SAMPLE].split(b"\n"):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > SAMPLE:
                break
    sample = b"\n".join(lines)[:SAMPLE]
    found = from_bytes(sample, cp_isolation=_CANDIDATES)
    best = found.best()
    if sample[-1:] > b"\x7f" and (best is None or best.encoding.replace("_", "-") not in MULTIBYTE):
        # Half a character at the end keeps the encodings out that write one in two bytes.
        shorter = from_bytes(sample[:-1], cp_isolation=_CANDIDATES)
        whole = shorter.best()
        if whole and whole.encoding.replace("_", "-") in MULTIBYTE:
            found, best = shorter, whole
    if best is None or best.encoding in ("ascii", "utf_8"):
        return None
    name = best.encoding
    if name in _RARE and _UNLIKELY.search(sample.decode("cp1252", "replace")) is None:
        name = "cp1252"
    if name in _LATIN or name.startswith("iso8859") or name == "cp1252":
        for other in found:
            near = other.chaos <= best.chaos + CLOSE and other.coherence >= best.coherence
            if "cp1252" in other.could_be_from_charset and near:
                name = "cp1252"
        name = _by_letters(data[:SAMPLE], name)
    return whatwg_name(name.replace("_", "-")) or name


def _by_letters(data: bytes, name: str) -> str:
    """Of the encodings of Latin script the first that gives a language's letters; the one found if none is better."""
    alphabet = _LETTERS.get(language(data.decode(name, "replace")) or "")
    if alphabet is None:
        return name

    def strangers(encoding: str) -> int:
        return sum(c not in alphabet for c in _BEYOND.findall(data.decode(encoding, "replace").lower()))

    best = min(_LATIN_ORDER, key=strangers)
    return best if strangers(best) < strangers(name) or name in _RARE else name
