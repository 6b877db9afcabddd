/** Passwords of eight characters and more that guessers try first, and the product's own name. In lower case. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  00000000 000000000 0000000000 0123456789 01234567 0987654321 09876543 1029384756 10203040 102030405060
  11111111 111111111 1111111111 11112222 11223344 1122334455 112233445566 12121212 12123434 123123123 12312312
  123321123 12341234 1234512345 12345678 123456789 1234567890 12345678910 123456789a 1234567a 12345678a
  123456abc 1234abcd 1234qwer 123654789 123698745 123abc123 123qwe123 123qweasd 123qweasdzxc 13131313 13579246
  135792468 14725836 147258369 147852369 159753456 159357258 19841984 19871987 19901990 1a2b3c4d 1q1q1q1q
  1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 20002000 20202020 21212121 22222222 23232323
  31415926 33333333 44444444 55555555 5555555555 66666666 77777777 7777777777 741852963 78945612 789456123
  78963214 87654321 88888888 888888888 963852741 98765432 987654321 9876543210 99999999 999999999 a1234567
  a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 aa123456 aa12345678 aaaaaaaa aaaaaaaaa aaaaaaaaaa abc12345 abc123456
  abc123abc abcd1234 abcd12345 abcdefgh abcdefghi abcdefghij access14 adgjmptw admin123 admin1234 admin12345
  admin123456 administrator alexander amsterdam andromeda asasasas asd12345 asdasdasd asdf1234 asdfasdf asdfghjk
  asdfghjkl asdqwe123 azerty123 azertyui azertyuiop babygirl babygirl1 barcelona baseball baseball1 basketball
  blink182 butterfly buttercup caroline changeme changeme1 changeme123 charlie1 chocolate christian christopher
  cocacola computer computer1 corvette courtney danielle december dragon123 dragonball einstein elephant
  elizabeth estrella everton1 facebook fernando football football1 fuckyou1 fuckyou2 garfield gateway1 gfhjkmgfhjkm
  godzilla google123 guinness hello123 hellohello hellokitty helloworld hunter22 icecream iloveyou iloveyou1
  iloveyou2 iloveyou! internet isabella jennifer jessica1 jonathan jordan23 juventus kimberly kristina
  letmein1 letmein123 letmeinnow linkinpark lovelove loveyou1 manchester margaret marlboro master123 matthew1
  maverick megadeth mercedes metallica michael1 michelle michigan midnight minecraft monkey12 monkey123 motorola
  mustang1 mypassword napoleon nicholas nirvana1 november p@$$w0rd p@ssw0rd p@ssw0rd1 p@ssword pa55word pa55w0rd
  parley12 parley123 parley1234 parleychat parleyparley pass1234 pass12345 passpass passw0rd passw0rd1 password
  password! password. password0 password00 password01 password1 password1! password10 password11 password12
  password123 password123! password1234 password12345 password2 password3 password7 password99 passwort
  passwort1 patricia paulina1 pineapple platinum playboy1 pokemon1 pokemon123 porsche1 princess princess1
  princesa q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx12 qazwsx123 qazwsxedc qazwsxedcrfv qazxswedc qqqqqqqq qwe12345
  qwe123456 qwe123qwe qweasd123 qweasdzxc qweqweqwe qwer1234 qwerqwer qwert123 qwert1234 qwert12345 qwerty01
  qwerty11 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwerty321 qwertyui qwertyuio qwertyuiop
  qwertyuiop[] qwertyqwerty rainbow1 rammstein realmadrid remember robert12 rockstar rootroot rush2112 samantha
  samsung1 samsung123 sebastian security september sergey123 shadow12 slipknot snowball spiderman spongebob
  starwars starwars1 steelers stephanie sunshine sunshine1 superman superman1 superstar swordfish target123
  test1234 test12345 testtest testtest1 testing123 tinkerbell trustno1 undertaker valentina valentine vanessa1
  veronica victoria viktoria volkswagen welcome1 welcome12 welcome123 welcome1234 westside whatever whatever1
  william1 windows1 winter123 zaq12wsx zaq1zaq1 zaqwsxcde zxcvbnm1 zxcvbnm123 zxczxczxc zxcvbnm, zzzzzzzz
  `
    .trim()
    .split(/\s+/),
);
