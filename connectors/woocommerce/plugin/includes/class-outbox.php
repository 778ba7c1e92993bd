<?php
/**
 * Signals to the app: kept in a table, sent later by Action Scheduler, never while a shopper waits.
 *
 * One action at a time works through the table and stops at the first failure, so that a server
 * of ours that is down costs the store one short request per try and nothing else.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery -- our own table, read where it is written.

/**
 * The queue of signed signals.
 */
class Outbox {

	const ACTION  = 'reprise_send';
	const GROUP   = 'reprise';
	const MOST    = 5000;
	const BATCH   = 25;
	const LOST    = 'reprise_lost_signals';
	const SECONDS = array( 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400 );

	/**
	 * Listen for Action Scheduler.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( self::ACTION, array( __CLASS__, 'send' ) );
	}

	/**
	 * Keep a signal and see to it that it is sent.
	 *
	 * @param string $topic   Such as reprise.visit.
	 * @param array  $data    What it tells.
	 * @param string $subject What a later signal replaces: a cart's token. Empty: nothing.
	 * @return void
	 */
	public static function add( $topic, array $data, $subject = '' ) {
		global $wpdb;
		if ( ! Connection::is_made() || self::is_full( $topic ) ) {
			return;
		}
		if ( '' !== $subject ) {
			$wpdb->delete(
				$wpdb->reprise_signals,
				array(
					'topic'   => $topic,
					'subject' => $subject,
				)
			);
		}
		$wpdb->insert(
			$wpdb->reprise_signals,
			array(
				'id'         => wp_generate_uuid4(),
				'topic'      => $topic,
				'subject'    => $subject,
				'body'       => wp_json_encode( $data, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE ),
				'created_at' => Clock::precise(),
				'due_at'     => Clock::row(),
			)
		);
		self::wake();
	}

	/**
	 * Visits are left out first when the app was not reachable for long.
	 *
	 * @param string $topic The signal's.
	 * @return bool
	 */
	private static function is_full( $topic ) {
		global $wpdb;
		$most    = 'reprise.visit' === $topic ? self::MOST / 2 : self::MOST;
		$is_full = (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->reprise_signals}" ) >= $most;
		if ( $is_full ) {
			self::lose( 1 );
		}
		return $is_full;
	}

	/**
	 * Ask Action Scheduler for a run, unless one is waiting already.
	 *
	 * @param int $seconds How long from now.
	 * @return void
	 */
	public static function wake( $seconds = 0 ) {
		if ( ! function_exists( 'as_get_scheduled_actions' ) || self::is_waiting() ) {
			return;
		}
		if ( $seconds > 0 ) {
			as_schedule_single_action( time() + $seconds, self::ACTION, array(), self::GROUP );
		} else {
			as_enqueue_async_action( self::ACTION, array(), self::GROUP );
		}
	}

	/**
	 * A run that is under way does not count: it may have looked before the signal was there.
	 *
	 * @return bool
	 */
	private static function is_waiting() {
		$asked = array(
			'hook'     => self::ACTION,
			'status'   => 'pending',
			'per_page' => 1,
		);
		return array() !== as_get_scheduled_actions( $asked, 'ids' );
	}

	/**
	 * Send what is due, oldest first; called by Action Scheduler.
	 *
	 * @return void
	 */
	public static function send() {
		global $wpdb;
		if ( ! Connection::is_made() ) {
			return;
		}
		$rows    = $wpdb->get_results( $wpdb->prepare( "SELECT * FROM {$wpdb->reprise_signals} WHERE due_at <= %s ORDER BY created_at, id LIMIT %d", Clock::row(), self::BATCH ) );
		$answers = true;
		foreach ( $rows as $row ) {
			$answers = self::send_one( $row );
			if ( ! $answers ) {
				break;
			}
		}
		self::wake_again( $answers ? 0 : MINUTE_IN_SECONDS );
	}

	/**
	 * Send one; false when the app did not answer, so that the others need not try.
	 *
	 * @param object $row The signal's.
	 * @return bool
	 */
	private static function send_one( $row ) {
		global $wpdb;
		$status = Sender::send( $row->id, $row->topic, $row->body );
		$is_bad = in_array( $status, array( 400, 413, 422 ), true );
		if ( $is_bad || ( $status >= 200 && $status < 300 ) ) {
			$wpdb->delete( $wpdb->reprise_signals, array( 'id' => $row->id ) );
			return true;
		}
		self::try_later( $row );
		return false;
	}

	/**
	 * Put a signal off under the same delivery id; after the last try it is given up.
	 *
	 * @param object $row The signal's.
	 * @return void
	 */
	private static function try_later( $row ) {
		global $wpdb;
		if ( (int) $row->tries >= count( self::SECONDS ) ) {
			$wpdb->delete( $wpdb->reprise_signals, array( 'id' => $row->id ) );
			self::lose( 1 );
			return;
		}
		$changed = array(
			'tries'  => (int) $row->tries + 1,
			'due_at' => Clock::row( time() + self::SECONDS[ (int) $row->tries ] ),
		);
		$wpdb->update( $wpdb->reprise_signals, $changed, array( 'id' => $row->id ) );
	}

	/**
	 * Run again when the next one is due.
	 *
	 * @param int $least How long to wait at least, in seconds.
	 * @return void
	 */
	private static function wake_again( $least ) {
		global $wpdb;
		$next = $wpdb->get_var( "SELECT MIN(due_at) FROM {$wpdb->reprise_signals}" );
		if ( null !== $next ) {
			self::wake( max( $least, strtotime( $next . ' UTC' ) - time() ) );
		}
	}

	/**
	 * Count what could not be told, for the settings page.
	 *
	 * @param int $count How many.
	 * @return void
	 */
	private static function lose( $count ) {
		update_option( self::LOST, (int) get_option( self::LOST, 0 ) + $count, false );
	}

	/**
	 * How many wait.
	 *
	 * @return int
	 */
	public static function waiting() {
		global $wpdb;
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->reprise_signals}" );
	}

	/**
	 * Forget what waits about a person.
	 *
	 * @param string $email Whose.
	 * @return int How many were removed.
	 */
	public static function forget( $email ) {
		global $wpdb;
		$like = '%' . $wpdb->esc_like( '"email":' . wp_json_encode( $email, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) ) . '%';
		return (int) $wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->reprise_signals} WHERE body LIKE %s", $like ) );
	}
}
