namespace MLTransfer.Evaluation.Reports;

/// <summary>The style of every report: the reader's own fonts, light or dark as the reader's system is, and light on paper.</summary>
internal static class PageStyle
{
    // A style is not escaped in HTML and is in XML: none of the characters < > & may occur.
    public const string Text = """

        :root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --soft: #57606a; --line: #d5dae0; --raised: #f4f6f8; --good: #0b6b3a; --bad: #b3261e; --open: #7a5200; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #15191e; --ink: #e6eaef; --soft: #a3adb8; --line: #3a424c; --raised: #1e242b; --good: #5fd08f; --bad: #ff8a80; --open: #f0b849; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main { max-width: 70rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 3rem; }
        .verdict { border-left: 6px solid var(--open); background: var(--raised); padding: 1rem 1.25rem; border-radius: 0 6px 6px 0; }
        .verdict.good { border-color: var(--good); }
        .verdict.bad { border-color: var(--bad); }
        h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; color: var(--open); }
        .good h1 { color: var(--good); }
        .bad h1 { color: var(--bad); }
        .verdict p { margin: .5rem 0 0; overflow-wrap: anywhere; }
        .verdict p::first-letter { text-transform: uppercase; }
        h2 { margin: 2.5rem 0 .75rem; font-size: 1.3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
        p { max-width: 46rem; }
        dl { margin: 1.25rem 0 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: .3rem 2rem; }
        dl div { display: flex; gap: .6rem; border-bottom: 1px solid var(--line); padding: .2rem 0; }
        dl div.long { grid-column: 1 / -1; }
        dt { color: var(--soft); flex: 0 0 8.5rem; }
        dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1rem 2rem; align-items: start; }
        .figures.wide { grid-template-columns: minmax(0, 1fr); }
        figure { margin: 1rem 0 0; min-width: 0; break-inside: avoid; }
        .plot { overflow-x: auto; }
        .plot svg { display: block; width: 100%; max-width: var(--plot-width); min-width: min(var(--plot-width), 22rem); height: auto; }
        .plot.dark { display: none; }
        figcaption { color: var(--soft); font-size: .875rem; max-width: 40rem; }
        figcaption strong { color: var(--ink); }
        .scroll { overflow-x: auto; margin: 1rem 0; max-width: 100%; }
        table { width: max-content; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
        th, td { padding: .25rem .55rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; }
        thead th { font-weight: 600; color: var(--soft); vertical-align: bottom; white-space: normal; min-width: 4rem; }
        thead th[colspan] { text-align: center; border-left: 1px solid var(--line); border-right: 1px solid var(--line); }
        tbody th { font-weight: 400; text-align: left; white-space: normal; }
        td bdi, th bdi { display: inline-block; max-width: 20rem; white-space: normal; overflow-wrap: anywhere; }
        thead bdi { max-width: 8rem; }
        tbody th.short { white-space: nowrap; }
        .beside { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
        .beside figure { flex: 1 1 22rem; max-width: 34rem; }
        .beside .scroll { flex: 0 1 auto; }
        th:first-child { text-align: left; padding-left: 0; }
        tbody tr, .scroll.whole { break-inside: avoid; }
        td small { color: var(--soft); font-size: .8em; }
        td.word, thead th.word { text-align: left; }
        td.diagonal { font-weight: 700; background: var(--raised); }
        td.good { color: var(--good); }
        td.bad { color: var(--bad); }
        details { margin: 1rem 0; }
        summary { cursor: pointer; font-weight: 600; }
        .scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--soft); outline-offset: 2px; }
        footer { margin-top: 2.5rem; color: var(--soft); font-size: .875rem; }
        footer li { margin: .25rem 0; max-width: 60rem; }
        footer ul { padding-left: 1.1rem; }
        @media screen and (prefers-color-scheme: dark) {
          .plot.light { display: none; }
          .plot.dark { display: block; }
        }
        @media print {
          :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --soft: #454c54; --line: #c8ced5; --raised: #f4f6f8; --good: #0b6b3a; --bad: #b3261e; --open: #7a5200; }
          @page { margin: 16mm 14mm; }
          body { font-size: 10pt; }
          main { max-width: none; padding: 0; }
          h1 { font-size: 18pt; }
          h2 { break-after: avoid; margin-top: 1.6rem; }
          .verdict { break-inside: avoid; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .figures.wide, .beside { display: block; }
          .beside figure { max-width: 11cm; }
          .plot, .scroll { overflow: visible; }
          .plot svg { min-width: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          table { width: auto; max-width: 100%; font-size: 8pt; }
          th, td { padding: .12rem .35rem; }
          thead th { min-width: 0; }
          thead { display: table-header-group; }
          caption { break-after: avoid; }
          .on-screen { display: none; }
          summary { list-style: none; break-after: avoid; }
          details::details-content { content-visibility: visible; block-size: auto; }
        }

        """;
}
