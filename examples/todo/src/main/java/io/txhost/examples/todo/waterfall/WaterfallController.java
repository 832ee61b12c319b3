package io.txhost.examples.todo.waterfall;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.ModelAndView;

/** The pages of the last requests. They need no JavaScript. */
@Controller
@RequestMapping(path = "/requests", produces = MediaType.TEXT_HTML_VALUE)
final class WaterfallController {
  private final Pictures pictures;

  WaterfallController(Pictures pictures) {
    this.pictures = pictures;
  }

  @GetMapping
  ModelAndView all() {
    return new ModelAndView("requests", "requests", pictures.last(Recordings.MOST));
  }

  @GetMapping("/{number:\\d{1,18}}")
  ModelAndView one(@PathVariable long number) {
    return pictures
        .find(number)
        .map(page -> new ModelAndView("request", "page", page))
        .orElseThrow(
            () ->
                new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "This request is not kept, or not any longer"));
  }
}
