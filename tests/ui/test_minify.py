"""What minifying takes away, and above all what it leaves."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.minify_css import minify_css
from config.minify_js import UnclearError, minify_js, tokens

JS = [
    ("const a = 1; // one\n", "const a=1;"),
    (
        "/** What it does. */\nexport  function f ( a , b ) {\n  return a ;\n}",
        "\nexport function f(a,b){\nreturn a;\n}",
    ),
    ("/*! License: MIT */\nlet a;", "/*! License: MIT */\nlet a;"),
    ("// @license MIT\nlet a;", "// @license MIT\nlet a;"),
    ("a + +b - -c + ++d", "a+ +b- -c+ ++d"),
    ("a ? .5 : 1 .toFixed()", "a? .5:1 .toFixed()"),
    ("return\n/* two\nlines */ a", "return\n\na"),
    ("return /* one line */ a", "return a"),
    ("`a  ${ b + `  ${ {c: 1}.c }  ` } // ${d}`", "`a  ${b+`  ${{c:1}.c}  `} // ${d}`"),
    ("`\\`  ${'}'}  \\${  `", "`\\`  ${'}'}  \\${  `"),
    ("x = / [/*] \\/ /g . test ( y )", "x=/ [/*] \\/ /g.test(y)"),
    ("if (a) / b /.test(c)", "if(a)/ b /.test(c)"),
    ("(a) / b / c", "(a)/b/c"),
    ("a.return / b / c", "a.return/b/c"),
    ("a[0] / b; i++ / 2", "a[0]/b;i++/2"),
    ("/ x / in y; a = / x / instanceof b", "/ x / in y;a=/ x / instanceof b"),
    (
        "class A { #x = 1; get y() { return #x in this && this . #x ?? '  '; } }",
        "class A{#x=1;get y(){return #x in this&&this.#x??'  ';}}",
    ),
    ("a = b\n++c", "a=b\n++c"),
    ('"/* no */ // no"', '"/* no */ // no"'),
    ("'it\\'s  a \\\n  b'", "'it\\'s  a \\\n  b'"),
    ("a / /b c/", "a/ /b c/"),
    ("for await (const a of b) c", "for await(const a of b)c"),
    ("0x1F / 1_000 + 1e-3 - 2n", "0x1F/1_000+1e-3-2n"),
    ("über = 'ß'", "über='ß'"),
]
UNCLEAR = [
    "}  / a /",
    "x = {}  / a /",
    "for (const a of / a /) b",
    "'not closed  ",
    "`not closed  ${",
    "a }  b",
    "a  \\ b",
]
CSS = [
    ("/* a */ a { color : red ; }", "a{color :red}"),
    ("a  b > c + d ~ e , f { }", "a b>c + d~e,f{}"),
    ("a { & :is( b , c ) , &:hover { --x : 1px   2px ; ; } }", "a{& :is(b,c),&:hover{--x :1px 2px}}"),
    (".a/**/.b /**/ .c{}", ".a/**/.b .c{}"),
    (".a /*! kept */ .b{}", ".a /*! kept */ .b{}"),
    ("@layer a , b ; @layer a { x { } }", "@layer a,b;@layer a{x{}}"),
    ("@media ( width >= 30rem ) and ( hover ) { a { } }", "@media (width>=30rem) and (hover){a{}}"),
    ("a{margin:calc( 1px + -0.50em * 2 ) -0.5px 10.0px}", "a{margin:calc(1px + -.50em * 2) -.5px 10.0px}"),
    ("a{color:oklch( 0.5 0.1 270 / 6% ) !important}", "a{color:oklch(.5 .1 270/6%)!important}"),
    ("a{b:url( x;y  z ) 'it\\'s ; ' \"  /* \"}", "a{b:url( x;y  z ) 'it\\'s ; ' \"  /* \"}"),
    ("[a = 'b' i] *{--empty: ;--x:}", "[a='b' i] *{--empty: ;--x:}"),
    (".sm\\:a\\ , b{}", ".sm\\:a\\ ,b{}"),
]


@pytest.mark.parametrize(("source", "small"), JS)
def test_it_works(source: str, small: str) -> None:
    assert minify_js(source) == small
    assert minify_js(small) == small


@pytest.mark.parametrize("source", UNCLEAR)
def test_what_cannot_be_read_safely_stays(source: str) -> None:
    assert minify_js(source) == source
    with pytest.raises(UnclearError):
        list(tokens(source))


@pytest.mark.parametrize(("source", "small"), CSS)
def test_it_works_for_style_sheets(source: str, small: str) -> None:
    assert minify_css(source) == small
    assert minify_css(small) == small


WORDS = [
    "a",
    "b1",
    "#c",
    "in",
    "return",
    "if",
    "1",
    ".5",
    "0x1f",
    "'s  s'",
    "`t ${",
    "}  `",
    "/",
    "/ r /",
    "/*!",
]
SIGNS = [
    "+",
    "-",
    "++",
    "--",
    "?",
    ".",
    "...",
    "<",
    "!",
    ">",
    "*",
    "=",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
]
GAPS = [" ", "  ", "\n", " \n\n ", "/* x */", "/* x\ny */", "// x\n", "\r\n", ""]


@given(st.lists(st.tuples(st.sampled_from(WORDS + SIGNS), st.sampled_from(GAPS)), max_size=30))
def test_tokens_and_their_lines_stay(found: list[tuple[str, str]]) -> None:
    source = "".join(word + gap for word, gap in found)
    small = minify_js(source)
    if small != source:
        assert placed(small) == placed(source)


def placed(source: str) -> list[tuple[int, str]]:
    """Each token with the number of its line."""
    line, result = 1, []
    for token in tokens(source):
        line += token.gap.count("\n")
        result.append((line, token.text))
        line += len(re.findall("\r\n|[\n\r]", token.text))
    return result
