import { once } from 'node:events';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '@parley/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import { fetchPage } from '../src/previews/fetch-page.ts';
import { firstLink } from '../src/previews/first-link.ts';
import { internet, type Network, targetOf } from '../src/previews/network.ts';
import { isPublicAddress } from '../src/previews/public-address.ts';
import { summarise } from '../src/previews/summarise.ts';
import { CERTIFICATE } from './certificate.ts';
import { html, type Pages, redirect, startPages } from './pages.ts';

describe('an address is public', () => {
  /** The registries of IANA, each with its first and its last address. */
  test.each([
    ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255'],
    ...['127.0.0.0', '127.0.0.1', '127.255.255.255', '169.254.0.0', '169.254.169.254', '169.254.255.255'],
    ...['172.16.0.0', '172.31.255.255', '192.0.0.0', '192.0.0.255', '192.0.2.0', '192.0.2.255'],
    ...['192.31.196.1', '192.52.193.1', '192.88.99.1', '192.168.0.0', '192.168.255.255', '192.175.48.1'],
    ...['198.18.0.0', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.0', '239.255.255.255'],
    ...['240.0.0.0', '255.255.255.254', '255.255.255.255', '168.63.129.16'],
    ...['::', '::1', '::127.0.0.1', '::8.8.8.8', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:127.0.0.1'],
    ...['64:ff9b::127.0.0.1', '64:ff9b::808:808', '64:ff9b:1::1', '100::1', '100:0:0:1::1', '5f00::1'],
    ...['2001::1', '2001:1::1', '2001:2::1', '2001:3::1', '2001:4:112::1', '2001:10::1', '2001:20::1'],
    ...['2001:30::1', '2001:1ff:ffff::1', '2001:db8::1', '2001:db8:ffff::1', '2002::1', '2002:7f00:1::1'],
    ...['2002:ffff:ffff::1', '2620:4f:8000::1', '3fff::1', '3fff:fff:ffff::1', 'fc00::1', 'fdff::1'],
    ...['fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'ff00::1', 'ff02::1', 'ffff::1'],
    ...['', 'localhost', '127.1', '0x7f.1', '2130706433', '8.8.8.8 ', '8.8.8'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    ...['1.0.0.0', '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
    ...['126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0'],
    ...['192.0.1.0', '192.0.3.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
    ...['203.0.112.255', '203.0.114.0', '223.255.255.255', '2001:200::1', '2001:4860:4860::8888'],
    ...['2001:db7::1', '2001:db9::1', '2003::1', '2606:4700:4700::1111', '2a00:1450::1', '3ffe::1'],
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('what may be fetched from the internet', () => {
  const at =
    (...addresses: string[]): Network['resolve'] =>
    async () =>
      addresses;
  const target = (link: string, resolve: Network['resolve'] = at('8.8.8.8')) =>
    targetOf({ ...internet, resolve }, new URL(link), AbortSignal.timeout(5_000));

  test('is a name all of whose addresses are public, at the usual ports', async () => {
    expect(await target('http://tea.example/')).toEqual({ address: '8.8.8.8', port: 80 });
    expect(await target('https://tea.example/')).toEqual({ address: '8.8.8.8', port: 443 });
    expect(await target('http://tea.example:443/')).toEqual({ address: '8.8.8.8', port: 443 });
    expect(await target('http://[2606:4700:4700::1111]/')).toMatchObject({ address: '2606:4700:4700::1111' });
    expect(await target('http://tea.example/', at('2606:4700:4700::1111', '8.8.8.8'))).toMatchObject({
      address: '8.8.8.8',
    });
    for (const link of ['http://tea.example:8080/', 'http://tea.example:22/', 'https://tea.example:5432/'])
      expect(await target(link)).toBeNull();
    for (const addresses of [['8.8.8.8', '10.0.0.1'], ['::1', '8.8.8.8'], []])
      expect(await target('http://tea.example/', at(...addresses))).toBeNull();
  });

  test.each([
    ...['http://127.0.0.1/', 'http://127.1/', 'http://2130706433/', 'http://0x7f000001/', 'http://0x7f.1/'],
    ...['http://0177.0.0.1/', 'http://017700000001/', 'http://127.0.0.1./', 'http://①②⑦.⓪.⓪.①/'],
    ...['http://169.254.169.254/latest/meta-data/', 'http://0/', 'http://[::1]/', 'http://[::]/'],
    ...['http://[::ffff:127.0.0.1]/', 'http://[::ffff:a00:1]/', 'http://[64:ff9b::7f00:1]/'],
    ...['http://[fe80::1]/', 'http://[fd00:ec2::254]/', 'http://10.0.0.1/', 'http://192.168.1.1/'],
    ...['http://user@tea.example/', 'http://user:password@tea.example/', 'http://:x@tea.example/'],
    ...['ftp://tea.example/', 'file:///etc/passwd', 'data:text/html,<title>x', 'gopher://tea.example/'],
  ])('%s is not', async (link) => {
    expect(await target(link)).toBeNull();
  });

  test.each(['http://localhost/', 'http://localhost./', 'http://LOCALHOST/', 'http://x.127.0.0.1.nip.io/'])(
    '%s is what its name leads to',
    async (link) => {
      expect(await target(link, at('127.0.0.1'))).toBeNull();
    },
  );
});

describe('a page', () => {
  const titleOf = async (pages: Pages, link: string, timeout?: number) => {
    const page = await fetchPage(pages.network, link, timeout);
    return page && summarise(link, page)?.title;
  };

  test('is asked for as by somebody whom nobody knows', async () => {
    await using pages = await startPages();
    pages.answers['/tea'] = html('<title>Tea</title>', { 'set-cookie': 'a=b' });
    pages.answers['/to'] = redirect('/tea?milk=1#sugar');
    expect(await titleOf(pages, pages.link('/to'))).toBe('Tea');
    const host = `tea.example:${pages.port}`;
    expect(pages.asked).toEqual([`${host}/to`, `${host}/tea?milk=1`]);
    expect(pages.headers).toEqual({
      host,
      accept: 'text/html,application/xhtml+xml',
      'accept-encoding': 'identity',
      'user-agent': expect.stringContaining('ParleyLinkPreview'),
      connection: 'close',
    });
  });

  test('comes from the address that was looked at, whatever its name leads to later', async () => {
    await using pages = await startPages();
    pages.answers['/'] = html('<title>Tea</title>');
    pages.names['tea.example'] = [['127.0.0.1'], ['10.0.0.1']];
    expect(await titleOf(pages, pages.link('/'))).toBe('Tea');
    expect(pages.resolved).toEqual(['tea.example']);
    expect(await titleOf(pages, pages.link('/'))).toBeNull();
    pages.names['tea.example'] = [['127.0.0.1', '10.0.0.1']];
    expect(await titleOf(pages, pages.link('/'))).toBeNull();
    expect(pages.asked).toHaveLength(1);
  });

  test('is redirected to three times, each time looked at anew', async () => {
    await using pages = await startPages();
    pages.answers['/3'] = html('<title>Tea</title>');
    for (const n of [0, 1, 2]) pages.answers[`/${n}`] = redirect(pages.link(`/${n + 1}`, `host${n}.example`));
    pages.answers['/more'] = redirect('/0');
    pages.answers['/round'] = redirect('/round');
    expect(await titleOf(pages, pages.link('/0'))).toBe('Tea');
    expect(pages.resolved).toEqual(['tea.example', 'host0.example', 'host1.example', 'host2.example']);
    expect(await titleOf(pages, pages.link('/more'))).toBeNull();
    expect(await titleOf(pages, pages.link('/round'))).toBeNull();
    pages.names['inner.example'] = Array(9).fill(['10.0.0.1']);
    const inner = [
      'http://127.0.0.1/',
      'http://169.254.169.254/',
      'file:///etc/passwd',
      'http://inner.example/',
    ];
    const withName = `http://user@tea.example:${pages.port}/3`;
    for (const location of [...inner, withName, 'http://', '//inner.example/3', pages.link('/3', '[::1]')]) {
      pages.answers['/away'] = redirect(location);
      const before = pages.asked.length;
      expect(await titleOf(pages, pages.link('/away'))).toBeNull();
      expect(pages.asked).toHaveLength(before + 1);
    }
  });

  test('is HTML, and not packed', async () => {
    await using pages = await startPages();
    const page = '<title>Tea</title>';
    pages.answers['/xhtml'] = html(page, { 'content-type': 'Application/XHTML+xml' });
    expect(await titleOf(pages, pages.link('/xhtml'))).toBe('Tea');
    pages.answers['/json'] = html(page, { 'content-type': 'application/json' });
    pages.answers['/image'] = html(page, { 'content-type': 'image/svg+xml' });
    pages.answers['/gzip'] = html(gzipSync('a'.repeat(50_000_000)), { 'content-encoding': 'gzip' });
    pages.answers['/error'] = (response) =>
      void response.writeHead(500, { 'content-type': 'text/html' }).end(page);
    for (const path of ['/json', '/image', '/gzip', '/error', '/nothing'])
      expect(await titleOf(pages, pages.link(path))).toBeNull();
  });

  test('that does not end is read as far as half a megabyte, and left', async () => {
    await using pages = await startPages();
    let left: Promise<unknown> | undefined;
    pages.answers['/'] = (response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      left = once(response, 'close');
      response.write('<title>Tea</title>');
      const more = () => response.writable && response.write(' '.repeat(65_536), more);
      more();
    };
    const page = await fetchPage(pages.network, pages.link('/'));
    expect(page!.bytes).toHaveLength(512_000);
    await left;
    expect(summarise(pages.link('/'), page!)).toMatchObject({ title: 'Tea' });
  });

  test('that takes too long is none, wherever it stops', async () => {
    await using pages = await startPages();
    pages.answers['/silence'] = () => {};
    pages.answers['/head'] = (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).flushHeaders();
    pages.answers['/body'] = (response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<title>Tea</title>');
    };
    for (const path of ['/silence', '/head', '/body'])
      expect(await titleOf(pages, pages.link(path), 200)).toBeNull();
    const network: Network = {
      ...pages.network,
      resolve: (_, signal) => once(signal, 'abort').then(() => []),
    };
    expect(await fetchPage(network, pages.link('/'), 200)).toBeNull();
    expect(await fetchPage(pages.network, 'http://tea.example:1/')).toBeNull();
  });

  describe('over TLS', () => {
    beforeAll(() => {
      const before = getCACertificates('default');
      setDefaultCACertificates([...before, CERTIFICATE]);
      return () => setDefaultCACertificates(before);
    });

    test('is its name’s, though its address is asked', async () => {
      await using pages = await startPages({ isSecure: true });
      pages.answers['/'] = html('<title>Tea</title>');
      expect(await titleOf(pages, pages.link('/'))).toBe('Tea');
      expect(await titleOf(pages, pages.link('/', 'coffee.example'))).toBeNull();
      expect(await titleOf(pages, pages.link('/', '127.0.0.1'))).toBeNull();
      expect(pages.asked).toHaveLength(1);
    });
  });
});

describe('what is shown of a page', () => {
  const url = 'https://tea.example/';
  const summaryOf = (page: string | Buffer, charset: string | null = null) =>
    summarise(url, { bytes: Buffer.from(page), charset });

  test('is what it says for that, before its title', () => {
    const own =
      "<TITLE>A &amp; B &#x2764; &eacute; &nosuch;</TITLE><meta content='it\"s tea' name=description>";
    expect(summaryOf(own)).toEqual({ url, title: 'A & B ❤ é &nosuch;', description: 'it"s tea' });
    const twitter = `${own}<meta name="twitter:title" content="Twitter"/>`;
    expect(summaryOf(twitter)).toMatchObject({ title: 'Twitter' });
    const og = `${twitter}<meta property="og:title" content="x > y"><meta property = og:site_name content = Tea >
      <meta property="og:description" content=" two
        lines "><meta property="og:title" content="no">`;
    expect(summaryOf(og)).toEqual({ url, title: 'x > y', description: 'two lines', siteName: 'Tea' });
  });

  test.each([
    ['no title', '<p>Tea</p>'],
    ['an empty one', '<title> &nbsp;&#8203;</title>'],
    ['one in a comment', '<!-- <title>Tea</title> -->'],
    ['one in a script', '<script>"<title>Tea</title>"</script>'],
    ['one in the body', '<head></head><title>Tea</title>'],
    ['nothing', ''],
  ])('is nothing where there is %s', (_, page) => {
    expect(summaryOf(page)).toBeNull();
  });

  test('is short, in one line, and turns nothing around', () => {
    const long = `<title>${'👍'.repeat(500)}</title><meta name=description content="${'é'.repeat(5_000)}">`;
    const { title, description } = summaryOf(long)!;
    expect([...title]).toHaveLength(LIMITS.previewTitle);
    expect([...description!]).toHaveLength(LIMITS.previewDescription);
    expect(title).toMatch(/^👍+…$/u);
    const hostile =
      'a\u202eb\u2066c\u0000d\u0007e\u200bf\ufeffg&#8238;h&#0;i&#xd800;j&#x110000;k\u{e0041}l\u061cm';
    expect(summaryOf(`<title>${hostile}</title>`)!.title).toBe('abcdef gh\ufffdi\ufffdj\ufffdklm');
    expect(summaryOf('<title>سلام‌ها 👩‍💻</title>')!.title).toBe('سلام‌ها 👩‍💻');
  });

  test('is read as it is written', () => {
    const latin = Buffer.from('<meta charset="iso-8859-1"><title>Café</title>', 'latin1');
    expect(summaryOf(latin)).toMatchObject({ title: 'Café' });
    expect(summaryOf(Buffer.from('<title>Café</title>', 'latin1'), 'latin1')).toMatchObject({
      title: 'Café',
    });
    const shiftJis = Buffer.concat([
      Buffer.from('<title>'),
      Buffer.from([0x82, 0xa8, 0x92, 0x83]),
      Buffer.from('</title>'),
    ]);
    expect(summaryOf(shiftJis, 'Shift_JIS')).toMatchObject({ title: 'お茶' });
    expect(summaryOf('<title>Café</title>', 'no-such-charset')).toMatchObject({ title: 'Café' });
  });

  test('is found at once, whatever the page is made of', () => {
    const parts = [
      '<',
      '<meta ',
      '<meta a="',
      '</',
      '<!--',
      '<script>',
      '<a>',
      '&',
      '&amp;',
      '=',
      ' ',
      '<a////',
    ];
    for (const part of parts)
      for (const before of ['', '<title>', '<meta ', '<meta content="']) {
        const page = before + part.repeat(512_000 / part.length);
        expect({ part, before, isSlow: isSlow(() => summaryOf(page)) }).toEqual({
          part,
          before,
          isSlow: false,
        });
      }
  });
});

/** Whether something takes half a second whenever it is tried: it takes 20 ms when it is alone. */
const isSlow = (action: () => void): boolean =>
  [1, 2, 3].every(() => {
    const begun = performance.now();
    action();
    return performance.now() - begun > 500;
  });

describe('the link of a text', () => {
  test.each([
    ['see https://tea.example/a?b=c#d, please', 'https://tea.example/a?b=c#d'],
    ['https://en.example/Tea_(drink).', 'https://en.example/Tea_(drink)'],
    ['(https://tea.example/a)', 'https://tea.example/a'],
    ['[tea](https://tea.example/a)', 'https://tea.example/a'],
    ['<https://tea.example>', 'https://tea.example/'],
    ['“https://tea.example/a”…', 'https://tea.example/a'],
    ['HTTPS://Tea.Example/A', 'https://tea.example/A'],
    ['http://bücher.example/ü', 'http://xn--bcher-kva.example/%C3%BC'],
    ['https://one.example https://two.example', 'https://one.example/'],
  ])('%s', (text, link) => {
    expect(firstLink(text)).toBe(link);
  });

  test.each([
    ...['tea', '://', 'http://', 'ftp://tea.example', 'http://intranet/', 'http://localhost/', 'tea.example'],
    ...[
      `https://tea.example/${'a'.repeat(3_000)}`,
      'http://tea example',
      'https://',
      'javascript://tea.example',
    ],
  ])('%s has none', (text) => {
    expect(firstLink(text)).toBeNull();
  });
});
