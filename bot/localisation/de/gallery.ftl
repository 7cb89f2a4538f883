# /personas (bot/discord/gallery.py).

gallery-mine = Deine Figuren, Seite { $number } von { $pages }
gallery-here = Figuren dieses Servers, Seite { $number } von { $pages }
gallery-nobody-here = Auf diesem Server wurde noch niemand beschworen. Mach den Anfang: `/{ cmd-summon } { opt-summon-text }: ein wütender Apfel`
gallery-choose = Wähl eine Figur …
gallery-to-mine = Deine
gallery-to-here = Die dieses Servers
gallery-not-yours = Diese Liste gehört jemand anderem. `/{ cmd-personas }` zeigt dir deine eigene.
