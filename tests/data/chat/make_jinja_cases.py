#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes jinja_cases.json: templates, variables and what Jinja2 3.1 makes of them under Hugging Face's settings."""
import json
import pathlib

from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

MESSAGES = {
    "messages": [
        {"role": "system", "content": "  Be brief.\n"},
        {"role": "user", "content": "你好 <b>x</b>"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHi 😀!"},
        {"role": "user", "content": "a,b,,c"},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}],
    "add_generation_prompt": True,
}
FOR = "{% for m in messages %}"
CASES = [
    "plain text, 中文 and 😀",
    "a\n{% if true %}\n  b\n{% endif %}\nc\n",
    "a\n  {%- if true -%}\n  b\n  {%- endif -%}\nc",
    "  {% if true %}x{% endif %}  \n  {# comment #}\n  y",
    "{{ 'a' }}\n{{ 'b' }}\n",
    FOR + "{{ m.role }}:{{ m['content'] | trim }};{% endfor %}",
    FOR + "{{ loop.index }}/{{ loop.length }}{% if not loop.last %},{% endif %}{% endfor %}",
    FOR + "{% if loop.first %}{% continue %}{% endif %}{{ m.role }}{% if loop.index == 3 %}{% break %}{% endif %}{% endfor %}",
    "{% for m in messages if m.role != 'system' %}{{ m.role }} {% else %}none{% endfor %}",
    "{% for m in [] %}x{% else %}none{% endfor %}",
    "{% set ns = namespace(n=0) %}" + FOR + "{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}",
    "{% set ns = namespace(found=false) %}" + FOR + "{% if m.role == 'assistant' %}{% set ns.found = true %}{% endif %}"
    "{% endfor %}{% if ns.found %}yes{% else %}no{% endif %}",
    "{{ messages[-1].content.split(',') | join('|') }} {{ messages[-1]['content'].split(',')[0] }}",
    "{{ messages[2].content.split('</think>')[-1].strip() }}",
    "{{ messages[2].content.split('</think>')[-1].lstrip('\\n') }}",
    "{{ messages[2].content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') }}",
    "{{ '//a//'.strip('/') }}{{ 'xyaxy'.lstrip('yx') }}{{ '..'.rstrip('.') }}|",
    "{% if '</think>' in messages[2].content %}in{% endif %}{% if 'z' not in messages[2].content %} out{% endif %}",
    "{{ messages[1:] | length }} {{ messages[::-1][0].role }} {{ 'abcdef'[1:-1] }} {{ 'abc'[-1] }}",
    "{{ tools | tojson }}",
    "{{ tools[0].function | tojson(indent=4) }}",
    "{{ tools[0].function | tojson(indent=2, ensure_ascii=False) }}",
    "{{ messages[1] | tojson }}",
    "{% for tool in tools %}{% set function = tool.function if tool.get('function') else tool %}{{ function.name }}{% endfor %}",
    "{{ missing }}[{{ missing is defined }}]" .replace("{{ missing is defined }}", "{% if missing is defined %}y{% else %}n{% endif %}"),
    "{% if messages[0].get('tool_calls') %}calls{% else %}none{% endif %}",
    "{% if messages[0].content is string %}s{% endif %}{% if messages is iterable %}i{% endif %}"
    "{% if tools[0] is mapping %}m{% endif %}{% if 3 is number %}n{% endif %}",
    "{{ missing | default('d') }} {{ '' | default('e', true) }}",
    "{{ 'Abc' | upper }} {{ 'Abc' | lower }} {{ 'a b' | title }} {{ 'abc' | length }} {{ messages | length }}",
    "{{ 'aXbXc'.replace('X', '-') }} {{ 'aXbXc'.replace('X', '', 1) }} {{ 'abc' | replace('b', 'B') }}",
    "{{ 'abc'.startswith('ab') and 'abc'.endswith('bc') and 1 or 2 }}",
    "{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 2 ** 10 }} {{ 1.5 + 1 }} {{ -3 }} {{ 7 / 2 }}",
    "{{ 'a' ~ 1 ~ 'b' }} {{ 'a' + 'b' }}",
    "{{ (1 if false else 2) }} {{ not true or 3 > 2 and 'x' }}" .replace("{{ not true or 3 > 2 and 'x' }}", "{{ false or 'x' }}"),
    "{% macro call(a, b='B') %}<{{ a }}{{ b }}>{% endmacro %}{{ call('x') }}{{ call('x', b='y') }}",
    "{% macro again(n) %}{% if n > 0 %}{{ n }}{{ again(n - 1) }}{% endif %}{% endmacro %}{{ again(5) }}",
    "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k, v in tools[0].function | dictsort %}{{ k }};{% endfor %}",
    "{{ range(3) | list | join(',') }}{% for i in range(6, 0, -2) %}{{ i }}{% endfor %}",
    "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}"
    "{{ messages | rejectattr('role', 'equalto', 'user') | map(attribute='role') | join(',') }}",
    "{% for x in missing %}x{% endfor %}{% for c in messages[0].tool_calls %}c{% else %}none{% endfor %}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set block %}text {{ 1 }}{% endset %}[{{ block }}]",
    "{%- set x = 'a\\tb\\n\\'c\\'' -%}{{ x }}",
    "{{ '\\u4f60' }}{{ \"quote's\" }}",
    "{% generation %}kept{% endgeneration %}!",
    "{% filter upper %}abc{% endfilter %}",
    "{{ 'a\\nb' | indent(2) }}",
    "{{ ['b', 'a'] | sort | join }} {{ [1, 2] + [3] }} {{ [3, 1] | first }} {{ [3, 1] | last }}",
    "{{ '\\u3000 a\\x85' .strip() }}|",
    "{% if add_generation_prompt %}<|assistant|>\n<think>{% endif %}",
]


class Generation(__import__("jinja2").ext.Extension):
    """Hugging Face's {% generation %}: prints what is inside."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def main():
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, Generation]
    )
    environment.filters["tojson"] = to_json
    cases = [{"template": t, "text": environment.from_string(t).render(**MESSAGES)} for t in CASES]
    out = pathlib.Path(__file__).with_name("jinja_cases.json")
    out.write_text(json.dumps({"variables": MESSAGES, "cases": cases}, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
