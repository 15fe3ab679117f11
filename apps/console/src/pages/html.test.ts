import { expect, test } from "vitest";
import { html } from "./html.ts";

test("text from outside is escaped, wherever it is put in", () => {
  const name = `<script>alert("1")</script> & 'co'`;
  expect(html`<a title="${name}">${name}</a>`.text).toBe(
    '<a title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;co&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;co&#39;</a>',
  );
});

test("other HTML stays as it is, also in lists", () => {
  expect(html`<ul>${["a<b", 1].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe(
    "<ul><li>a&lt;b</li><li>1</li></ul>",
  );
});

test("null, undefined and false are nothing; zero is zero", () => {
  expect(html`${null}${undefined}${false}${0}`.text).toBe("0");
});
