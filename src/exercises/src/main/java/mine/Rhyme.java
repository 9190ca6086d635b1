package mine;

/** What Writer learns to write. Put a text of your own here, if you like. */
final class Rhyme {

  static final String TEXT =
      """
      this is the house that jack built.

      this is the malt
      that lay in the house that jack built.

      this is the rat that ate the malt
      that lay in the house that jack built.

      this is the cat that killed the rat
      that ate the malt
      that lay in the house that jack built.

      this is the dog that worried the cat
      that killed the rat that ate the malt
      that lay in the house that jack built.

      this is the cow with the crumpled horn
      that tossed the dog that worried the cat
      that killed the rat that ate the malt
      that lay in the house that jack built.

      this is the maiden all forlorn
      that milked the cow with the crumpled horn
      that tossed the dog that worried the cat
      that killed the rat that ate the malt
      that lay in the house that jack built.

      this is the man all tattered and torn
      that kissed the maiden all forlorn
      that milked the cow with the crumpled horn
      that tossed the dog that worried the cat
      that killed the rat that ate the malt
      that lay in the house that jack built.

      this is the priest all shaven and shorn
      that married the man all tattered and torn
      that kissed the maiden all forlorn
      that milked the cow with the crumpled horn
      that tossed the dog that worried the cat
      that killed the rat that ate the malt
      that lay in the house that jack built.

      this is the cock that crowed in the morn
      that waked the priest all shaven and shorn
      that married the man all tattered and torn
      that kissed the maiden all forlorn
      that milked the cow with the crumpled horn
      that tossed the dog that worried the cat
      that killed the rat that ate the malt
      that lay in the house that jack built.

      this is the farmer sowing his corn
      that kept the cock that crowed in the morn
      that waked the priest all shaven and shorn
      that married the man all tattered and torn
      that kissed the maiden all forlorn
      that milked the cow with the crumpled horn
      that tossed the dog that worried the cat
      that killed the rat that ate the malt
      that lay in the house that jack built.
      """;

  private Rhyme() {}
}
