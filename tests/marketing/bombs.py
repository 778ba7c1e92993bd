"""Templates that would eat a machine, by what they misuse (F39 and what was found since)."""

ROUNDS = "{% for i in (1..9999) %}"
DIGITS = "{% assign l = (1..9999) | join: ',' | split: ',' %}"

BOMBS: dict[str, str] = {
    "a range joined": "{{ (1..100000000) | join }}",
    "a range reversed": "{{ (1..30000000) | reverse }}",
    "a range summed": "{{ (1..30000000) | sum }}",
    "a range sorted": "{{ (1..30000000) | sort | first }}",
    "a range up to a variable": "{% assign n = 99999999 %}{{ (1..n) | join }}",
    "a range searched": "{% if (1..1000000000) contains 'x' %}y{% endif %}",
    "a loop": "{% for i in (1..100000000) %}x{% endfor %}",
    "a loop backwards": "{% for i in (1..100000000) reversed %}x{% endfor %}",
    "a loop far on": "{% for i in (1..100000000) offset: 99999998 %}x{% endfor %}",
    "a loop in a loop": f"{ROUNDS}{{% for b in (1..9999) %}}x{{% endfor %}}{{% endfor %}}",
    "many loops": f"{ROUNDS}{{% endfor %}}" * 2_800,
    "a loop over many steps": ROUNDS + "{% if true %}{% endif %}" * 4_000 + "{% endfor %}",
    "loops over cycles": f"{ROUNDS}{{% cycle 'a', 'b' %}}{{% endfor %}}" * 50,
    "replacing in a chain": "{{ 'aaaaaaaaaa' " + "| replace: 'a', 'aaaaaaaaaa' " * 9 + "}}",
    "replacing by itself": "{% assign s = 'aaaaaaaaaa' %}"
    + "{% assign s = s | replace: 'a', s %}" * 9
    + "{{ s }}",
    "doubling a text": "{% assign s = 'x' %}"
    + ROUNDS
    + "{% assign s = s | append: s %}{% endfor %}{{ s }}",
    "doubling a capture": "{% capture s %}x{% endcapture %}"
    + ROUNDS
    + "{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}{{ s }}",
    "doubling a list": "{% assign l = 'a,b' | split: ',' %}"
    + ROUNDS
    + "{% assign l = l | concat: l %}{% endfor %}",
    "squaring a number": "{% assign n = 99999999999 %}"
    + ROUNDS
    + "{% assign n = n | times: n %}{% endfor %}",
    "comparing all with all": DIGITS + "{{ l | uniq }}",
    "sorting again and again": f"{DIGITS}{ROUNDS}{{% assign m = l | sort %}}{{% endfor %}}",
    "searching a long text": "{% assign s = 'xxxxxxxxxxxxxxxx' %}"
    + "{% assign s = s | append: s %}" * 12
    + ROUNDS
    + "{% if s contains 'y' %}{% endif %}{% endfor %}",
    "a currency of its own each": f"{ROUNDS}{{% assign c = i | append: 'z' %}}"
    "{{ 5 | money: c }}{% endfor %}",
    "a width in a date": "{{ '1' | date: '%1000000000d' }}",
    "dividing by nothing": "{{ 1 | divided_by: 0 }}",
    "nothing as divisor of the rest": "{{ 1 | modulo: 0 }}",
    "deep ifs": "{% if true %}" * 3_000 + "{% endif %}" * 3_000,
    "deep brackets": "{{ a" + "[a" * 20_000 + "]" * 20_000 + " }}",
    "short deep brackets": "{{ " + "(" * 400 + "1" + ")" * 400 + " }}",
    "open braces": "{" * 90_000,
    "open outputs": "{{" * 45_000,
    "open tags": "{% if " * 15_000,
    "open quotes": "{{ '" * 20_000,
    "a wide output": "{{ " + " " * 90_000 + "}}",
    "open raws": "{% raw %}" * 9_000,
    "open comments": "{% comment %}" * 7_000,
    "a template in a template": "{% render 'x' %}",
    "a template in this template": "{% include 'x' %}",
    "a table": "{% tablerow i in (1..9) %}x{% endtablerow %}",
    "a mark of ours": "{% link 1 %}{% endlink %}",
    "a filter of nobody": "{{ 'a' | attr: '__class__' }}",
}
