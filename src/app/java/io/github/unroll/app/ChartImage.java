package io.github.unroll.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;

/** A chart as the bytes of a file. */
final class ChartImage {

  private ChartImage() {}

  static byte[] of(XYChart chart, ChartFile.Format format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    switch (format) {
      case PNG -> {
        ImageIO.setUseCache(false); // the cache would be a file, which may not be possible
        BitmapEncoder.saveBitmap(chart, bytes, BitmapFormat.PNG);
      }
      case SVG -> VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
    }
    return bytes.toByteArray();
  }
}
