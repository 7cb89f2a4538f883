# Characters: finding, naming, sharing, bringing back (bot/characters.py).

characters-unknown = Aquí no conozco a nadie con ese nombre.
characters-several = Varios personajes de aquí se llaman más o menos así: { $names }.
characters-not-yours = Eso solo puede hacerlo quien invocó a este personaje o quien modera donde fue invocado.
characters-name = Un nombre tiene de 1 a { $most } caracteres.
characters-kinder = Seamos amables: otro nombre, por favor.
characters-recall-unknown = No he encontrado a nadie a quien traer. Necesito el nombre de un personaje tuyo, o el código de uno que alguien haya compartido.
